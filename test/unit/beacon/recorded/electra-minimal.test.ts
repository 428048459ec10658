import { recordedSuite } from './recorded-suite.ts';

recordedSuite('electra-minimal');
