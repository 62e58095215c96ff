import { networkFaults } from './faults/network-faults.js';
import { replyFaults } from './faults/reply-faults.js';
import { serverFaults } from './faults/server-faults.js';
import { accessFaults } from './faults/access-faults.js';

/** Every fault of the matrix, in groups that need about the same time. A new fault is an entry in one of these. */
export const faultCatalogue = {
  network: networkFaults,
  replies: replyFaults,
  server: serverFaults,
  access: accessFaults,
} as const;
