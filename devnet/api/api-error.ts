/** An answer other than 200, in the form the Beacon API gives it: `{code, message}`. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const badRequest = (message: string): ApiError => new ApiError(400, message);
export const notFound = (message: string): ApiError => new ApiError(404, message);
export const syncingNow = (): ApiError => new ApiError(503, 'the node is syncing');
