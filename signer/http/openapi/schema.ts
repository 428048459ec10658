export * from '../../../core/openapi/schema.ts';
