/**
 * Batches of hostile events, to one stream or to several at once, by clients that do not wait for each other:
 * all or nothing, once, and unchanged, however the power fails.
 */
