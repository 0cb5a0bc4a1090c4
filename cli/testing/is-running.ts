/** Whether there is a process of this number, which may have ended while its parent has not waited for it. */
export const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
