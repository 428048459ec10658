import { recordedSuite } from './recorded-suite.ts';

recordedSuite('deneb-minimal');
