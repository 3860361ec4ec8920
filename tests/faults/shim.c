/* Stands between a program and the disk, for what changes files below one folder: counts the changes, kills the
 * program at one of them, refuses them, or records them. Preloaded; armed and disarmed by the program under test. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, FAIL, RECORD };
enum { TAKES_SPACE, TAKES_NONE };
enum { PASS, HALF, REFUSE };

static struct {
    int mode, error, record;
    long first, last, count;
    size_t length;
    char folder[PATH_MAX];
} shim;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

void shim_arm(const char *folder, int mode, long first, long last, int error, const char *record) {
    pthread_mutex_lock(&turn);
    snprintf(shim.folder, sizeof shim.folder, "%s/", folder);
    shim.length = strlen(shim.folder);
    shim.first = first, shim.last = last, shim.error = error, shim.count = 0;
    shim.record = mode == RECORD ? (int)syscall(SYS_open, record, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    shim.mode = mode;
    pthread_mutex_unlock(&turn);
}

long shim_disarm(void) {
    shim.mode = OFF;
    return shim.count;
}

static void record(const char *kind, ino_t inode, off_t offset, const void *data, size_t size, const char *a, const char *b) {
    char head[2 * PATH_MAX + 128];
    int length = snprintf(head, sizeof head, "%s\t%lu\t%ld\t%zu\t%s\t%s\n", kind, (unsigned long)inode, (long)offset, size, a, b);
    if (syscall(SYS_write, shim.record, head, length) != length) syscall(SYS_kill, getpid(), SIGABRT);
    if (size && syscall(SYS_write, shim.record, data, size) != (long)size) syscall(SYS_kill, getpid(), SIGABRT);
}

void shim_note(const char *text) {
    pthread_mutex_lock(&turn);
    if (shim.mode == RECORD) record("note", 0, 0, text, strlen(text), "", "");
    pthread_mutex_unlock(&turn);
}

static int watched(const char *path) { return shim.mode != OFF && !strncmp(path, shim.folder, shim.length); }

static void place_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

static int watched_fd(int fd) {
    if (shim.mode == OFF) return 0;
    char path[PATH_MAX];
    place_of(fd, path);
    return watched(path);
}

static void absolute(int folder, const char *path, char *whole) {
    if (path[0] == '/') {
        snprintf(whole, PATH_MAX, "%s", path);
        return;
    }
    if (folder == AT_FDCWD) {
        if (!getcwd(whole, PATH_MAX)) whole[0] = 0;
    } else {
        place_of(folder, whole);
    }
    size_t length = strlen(whole);
    snprintf(whole + length, PATH_MAX - length, "/%s", path);
}

static ino_t inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : found.st_ino;
}

/* What is to happen to the next change; called in turn. A full disk refuses only what takes space. */
static int verdict(int takes) {
    if (shim.mode == FAIL && shim.error == ENOSPC && takes != TAKES_SPACE) return PASS;
    long number = ++shim.count;
    if (shim.mode == KILL && number == shim.first) return HALF;
    if (shim.mode != FAIL || number < shim.first || number > shim.last) return PASS;
    errno = shim.error;
    return shim.error == ENOSPC && number == shim.first && shim.last > shim.first ? HALF : REFUSE;
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

/* Changes that have no half: they are refused, or the program dies before them. */
static int may_pass(int takes) {
    int said = verdict(takes);
    if (said == HALF && shim.mode == KILL) die();
    if (said == PASS) return 1;
    errno = shim.error;
    return 0;
}

#define IN_TURN(type, failed, takes, action) \
    pthread_mutex_lock(&turn); \
    type result = failed; \
    if (may_pass(takes)) { action } \
    int kept_errno = errno; \
    pthread_mutex_unlock(&turn); \
    errno = kept_errno; \
    return result

static ssize_t write_in_turn(int fd, const void *data, size_t size, off_t at) {
    pthread_mutex_lock(&turn);
    ssize_t result = -1;
    int said = verdict(TAKES_SPACE);
    if (said == HALF) size = size > 1 ? size / 2 : size;
    if (said != REFUSE) result = at < 0 ? syscall(SYS_write, fd, data, size) : syscall(SYS_pwrite64, fd, data, size, at);
    int kept_errno = errno;
    if (said == HALF && shim.mode == KILL) die();
    if (shim.mode == RECORD && result > 0)
        record("write", inode_of(fd), at < 0 ? lseek(fd, 0, SEEK_CUR) - result : at, data, result, "", "");
    pthread_mutex_unlock(&turn);
    errno = kept_errno;
    return result;
}

ssize_t write(int fd, const void *data, size_t size) {
    if (!watched_fd(fd)) return syscall(SYS_write, fd, data, size);
    return write_in_turn(fd, data, size, -1);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    if (!watched_fd(fd)) return syscall(SYS_pwrite64, fd, data, size, at);
    return write_in_turn(fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

/* A vector is written piece by piece, so that each piece is a change of its own. */
static ssize_t write_pieces(int fd, const struct iovec *pieces, int count, off_t at) {
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t done = write_in_turn(fd, pieces[i].iov_base, pieces[i].iov_len, at < 0 ? -1 : at + total);
        if (done < 0) return total ? total : -1;
        total += done;
        if ((size_t)done < pieces[i].iov_len) break;
    }
    return total;
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    return watched_fd(fd) ? write_pieces(fd, pieces, count, -1) : real(fd, pieces, count);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) {
    REAL(ssize_t, pwritev, int, const struct iovec *, int, off_t);
    return watched_fd(fd) ? write_pieces(fd, pieces, count, at) : real(fd, pieces, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at) { return pwritev(fd, pieces, count, at); }

/* Whoever copies within the kernel is told to read and write instead, which is seen here. */
ssize_t sendfile64(int out, int in, off64_t *at, size_t size) {
    REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
    if (!watched_fd(out)) return real(out, in, at, size);
    errno = ENOTSOCK;
    return -1;
}

ssize_t sendfile(int out, int in, off_t *at, size_t size) { return sendfile64(out, in, at, size); }

ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    if (!watched_fd(out)) return real(in, from, out, to, size, flags);
    errno = EXDEV;
    return -1;
}

int ftruncate64(int fd, off64_t size) {
    if (!watched_fd(fd)) return syscall(SYS_ftruncate, fd, size);
    struct stat before;
    int takes = !fstat(fd, &before) && size > before.st_size ? TAKES_SPACE : TAKES_NONE;
    IN_TURN(int, -1, takes, {
        result = syscall(SYS_ftruncate, fd, size);
        if (shim.mode == RECORD && !result) record("truncate", inode_of(fd), size, NULL, 0, "", "");
    });
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int synced(int fd, long call) {
    if (!watched_fd(fd)) return syscall(call, fd);
    IN_TURN(int, -1, TAKES_NONE, {
        result = 0; /* the page cache is all that this machine needs: no fault here is a real power cut */
        if (shim.mode == RECORD) record("sync", inode_of(fd), 0, NULL, 0, "", "");
    });
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int open_in_turn(int folder, const char *path, int flags, mode_t mode) {
    if (shim.mode == OFF || !(flags & (O_CREAT | O_TRUNC))) return syscall(SYS_openat, folder, path, flags, mode);
    char whole[PATH_MAX];
    absolute(folder, path, whole);
    struct stat before;
    int exists = !stat(whole, &before);
    if (!watched(whole) || (exists && !(flags & O_TRUNC))) return syscall(SYS_openat, folder, path, flags, mode);
    IN_TURN(int, -1, exists ? TAKES_NONE : TAKES_SPACE, {
        result = syscall(SYS_openat, folder, path, flags, mode);
        if (shim.mode == RECORD && result >= 0)
            record(exists ? "truncate" : "create", inode_of(result), 0, NULL, 0, whole, "");
    });
}

#define OPEN_MODE \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    OPEN_MODE
    return open_in_turn(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    OPEN_MODE
    return open_in_turn(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    OPEN_MODE
    return open_in_turn(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    OPEN_MODE
    return open_in_turn(folder, path, flags, mode);
}

int mkdirat(int folder, const char *path, mode_t mode) {
    char whole[PATH_MAX];
    absolute(folder, path, whole);
    if (!watched(whole) || !access(whole, F_OK)) return syscall(SYS_mkdirat, folder, path, mode);
    IN_TURN(int, -1, TAKES_SPACE, {
        result = syscall(SYS_mkdirat, folder, path, mode);
        struct stat made;
        if (shim.mode == RECORD && !result && !stat(whole, &made)) record("mkdir", made.st_ino, 0, NULL, 0, whole, "");
    });
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int renameat(int from, const char *old, int to, const char *new) {
    char a[PATH_MAX], b[PATH_MAX];
    absolute(from, old, a), absolute(to, new, b);
    if (!watched(a) && !watched(b)) return syscall(SYS_renameat2, from, old, to, new, 0);
    IN_TURN(int, -1, TAKES_NONE, {
        result = syscall(SYS_renameat2, from, old, to, new, 0);
        if (shim.mode == RECORD && !result) record("rename", 0, 0, NULL, 0, a, b);
    });
}

int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int unlinkat(int folder, const char *path, int flags) {
    char whole[PATH_MAX];
    absolute(folder, path, whole);
    if (!watched(whole) || access(whole, F_OK)) return syscall(SYS_unlinkat, folder, path, flags);
    IN_TURN(int, -1, TAKES_NONE, {
        result = syscall(SYS_unlinkat, folder, path, flags);
        if (shim.mode == RECORD && !result) record("remove", 0, 0, NULL, 0, whole, "");
    });
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
