/** The version of every document that knode reads or writes: cluster file, lock, mirror index, image manifest, receipts. */
export const apiVersion = 'knode.dev/v1';
