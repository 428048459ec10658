import { describeRecordedRequests } from './recorded-requests.ts';

await describeRecordedRequests('deneb-minimal');
await describeRecordedRequests('electra-minimal');
