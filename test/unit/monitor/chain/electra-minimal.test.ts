import { recordedBlocks } from './recorded-blocks.ts';

recordedBlocks('electra-minimal');
