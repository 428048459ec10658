/*
 * LD_PRELOAD shim: writes down what a process does to the files of one folder, in order and with the bytes, together
 * with what it says on stdout; and can kill it before its n-th such operation. What was written but not synced is then
 * the test's to lose.
 *
 * CRASH_FOLDER  the folder; CRASH_TRACE  file to append to; CRASH_KILL_AT  n, 0 for never
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_FD 4096

static char *paths[MAX_FD];
static int trace = -1;
static long done = 0, kill_at = 0;
static const char *folder = NULL;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void start(void) {
  if (trace >= 0 || getenv("CRASH_TRACE") == NULL) return;
  folder = getenv("CRASH_FOLDER");
  kill_at = atol(getenv("CRASH_KILL_AT") ? getenv("CRASH_KILL_AT") : "0");
  trace = syscall(SYS_openat, AT_FDCWD, getenv("CRASH_TRACE"), O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static const char *ours(const char *path) {
  start();
  if (folder == NULL || path == NULL) return NULL;
  size_t n = strlen(folder);
  if (strncmp(path, folder, n) != 0) return NULL;
  if (path[n] == '\0') return ".";
  return path[n] == '/' ? path + n + 1 : NULL;
}

/* One operation: a line with what and where, then the bytes. Dies before it if it is its turn. */
static void note(char kind, const char *name, long long offset, const void *bytes, size_t length) {
  char line[PATH_MAX + 64];
  pthread_mutex_lock(&lock);
  done += 1;
  if (kill_at != 0 && done == kill_at) syscall(SYS_kill, getpid(), SIGKILL);
  int n = snprintf(line, sizeof line, "%c %s %lld %zu\n", kind, name, offset, length);
  syscall(SYS_write, trace, line, n);
  if (length > 0) syscall(SYS_write, trace, bytes, length);
  pthread_mutex_unlock(&lock);
}

static const char *name_of(int fd) { return fd >= 0 && fd < MAX_FD ? paths[fd] : NULL; }

static int opened(int fd, const char *path, int flags) {
  const char *name = fd >= 0 && fd < MAX_FD ? ours(path) : NULL;
  if (fd >= 0 && fd < MAX_FD) {
    free(paths[fd]);
    paths[fd] = name == NULL ? NULL : strdup(name);
  }
  if (name != NULL && (flags & O_CREAT)) note('C', name, 0, NULL, 0);
  if (name != NULL && (flags & O_TRUNC)) note('T', name, 0, NULL, 0);
  return fd;
}

#define REAL(type, name) static type (*real)(); if (real == NULL) real = (type(*)())dlsym(RTLD_NEXT, #name)
#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(int, name); va_list args; va_start(args, flags); int mode = va_arg(args, int); va_end(args); \
    return opened(real(path, flags, mode), path, flags); }
OPEN(open)
OPEN(open64)
#define OPENAT(name) \
  int name(int dir, const char *path, int flags, ...) { \
    REAL(int, name); va_list args; va_start(args, flags); int mode = va_arg(args, int); va_end(args); \
    return opened(real(dir, path, flags, mode), path, flags); }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
  REAL(int, close);
  if (fd >= 0 && fd < MAX_FD) { free(paths[fd]); paths[fd] = NULL; }
  return real(fd);
}

#define PWRITE(name) \
  ssize_t name(int fd, const void *bytes, size_t length, off64_t offset) { \
    REAL(ssize_t, name); const char *file = name_of(fd); \
    if (file != NULL) note('W', file, offset, bytes, length); \
    return real(fd, bytes, length, offset); }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, write);
  const char *file = name_of(fd);
  start();
  if (file != NULL) note('W', file, lseek(fd, 0, SEEK_CUR), bytes, length);
  else if (fd == 1 && trace >= 0) note('S', "-", 0, bytes, length);
  return real(fd, bytes, length);
}

#define SYNC(name) \
  int name(int fd) { REAL(int, name); const char *file = name_of(fd); int result = real(fd); \
    if (file != NULL) note('F', file, 0, NULL, 0); return result; }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name) \
  int name(int fd, off64_t length) { REAL(int, name); const char *file = name_of(fd); \
    if (file != NULL) note('T', file, length, NULL, 0); return real(fd, length); }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int unlink(const char *path) {
  REAL(int, unlink);
  if (ours(path) != NULL) note('U', ours(path), 0, NULL, 0);
  return real(path);
}
