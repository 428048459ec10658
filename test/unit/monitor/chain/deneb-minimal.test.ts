import { recordedBlocks } from './recorded-blocks.ts';

recordedBlocks('deneb-minimal');
