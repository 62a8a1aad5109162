export { TargetPolicy } from "./target-policy.ts";
export { maxWebhooks, readTarget } from "./read-target.ts";
export { newWebhookSecret, rotateWebhook, type Attempt, type Delivery, type Webhook } from "./webhook.ts";
export { WebhookRepository } from "./webhook-repository.ts";
export { WebhookSender, type FailingWebhook } from "./webhook-sender.ts";
export type { WebhookSource } from "./webhook-source.ts";
export { attemptsOf, attemptViews, outcomeOf, webhookView, type DeliveryAttempt } from "./webhook-views.ts";
