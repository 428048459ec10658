import { describeRecordedRequests } from './recorded-requests.ts';

await describeRecordedRequests('electra-mainnet-preset');
