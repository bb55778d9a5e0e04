"""An operating-system lock on an open file: proof that its writer lives.

The system drops the lock when its holder ends, however it ends. A process id would prove nothing:
ids are reused, and a home directory may be shared by several machines.
"""

import os
import sys

if sys.platform == "win32":
    import msvcrt

    # Windows' locks keep others from reading what they cover, so one byte far behind the end
    # of any spool is locked in place of the whole file.
    _LOCKED_BYTE = 0x7FFF_0000

    def lock_file(descriptor: int, *, wait: bool) -> bool:
        """Take the lock of an open file; return whether it was free.

        Args:
            descriptor: The open file.
            wait: Wait for another holder to let go (up to ten seconds).

        Raises:
            OSError: The file system has no locks.
        """
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def lock_file(descriptor: int, *, wait: bool) -> bool:
        """Take the lock of an open file; return whether it was free.

        Args:
            descriptor: The open file.
            wait: Wait for another holder to let go.

        Raises:
            OSError: The file system has no locks.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
