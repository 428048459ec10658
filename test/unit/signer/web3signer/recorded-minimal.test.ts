import { describeRecordedClient } from './recorded-client.ts';

await describeRecordedClient('deneb-minimal');
await describeRecordedClient('electra-minimal');
