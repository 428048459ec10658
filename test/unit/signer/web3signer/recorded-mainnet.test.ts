import { describeRecordedClient } from './recorded-client.ts';

await describeRecordedClient('electra-mainnet-preset');
