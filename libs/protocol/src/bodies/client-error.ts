/** Body of `paymentrequest.error` and `payment.error`, as go-dpp writes it. */
export interface ClientError {
  id?: string | null;
  code?: string | number | null;
  title?: string | null;
  message?: string | null;
}
