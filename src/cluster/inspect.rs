//! Views of a cluster for someone who looks into its parts: what each knows, what waits in its queues,
//! what runs on its machine. Nothing here changes anything.
