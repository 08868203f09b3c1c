/** Another transaction was faster: a purge, or one that answered the same request. It runs again, and no try is counted. */
export class RunAgain extends Error {}
