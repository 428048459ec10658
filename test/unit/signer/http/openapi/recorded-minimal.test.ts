import { describeRecordedRequests } from './recorded-requests.ts';

await describeRecordedRequests('electra-minimal');
await describeRecordedRequests('deneb-minimal');
