/**
 * A server's part in a cluster: it writes its ops into the log, and applies those of all servers.
 *
 * `cluster_state.ts` holds the rules: which entries count, what time it is, and who takes part. It is pure, and part of
 * each checkpoint. `replica.ts` reads the log, `replica_writer.ts` writes it. `entry_applier.ts` is between the rules and the
 * machine that runs the hub.
 *
 * @module
 */
export { settleOrigin } from "./chat_origin.ts";
export { type LogSurvey, surveyLog } from "./log_survey.ts";
export { Replica } from "./replica.ts";
export { ReplicaFailure } from "./replica_failure.ts";
export type { ReplicaEvent, ReplicaOptions } from "./replica_options.ts";
export { hasForeignPast } from "./settings_replay.ts";
export type { ReplicaStatus } from "./replica_status.ts";
