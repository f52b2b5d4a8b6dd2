/**
 * The command log in etcd. It speaks to etcd's JSON gateway by a function like `fetch`, which the caller gives, so that
 * nothing here knows certificates, and it uses no API of Deno. Its timers end with each call.
 *
 * Read `etcd_log.ts` first, then `etcd_client.ts` (which endpoint, and how often), `etcd_gateway.ts` (one request),
 * `entry_pages.ts` and `entry_watch.ts` (entries that exist, and those that come), and `etcd_fault.ts` (what operators read).
 *
 * @module
 */

export { EtcdLog, type EtcdLogOptions } from "./etcd_log.ts";
export { EtcdAddressError, type EtcdEndpoint, parseEtcdAddress } from "./etcd_address.ts";
