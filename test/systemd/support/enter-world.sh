#!/bin/sh
# Runs as the first process of new namespaces: $1 is the folder with Vigil, which is seen as /opt/vigil. Everything it
# mounts is its own and goes with it. Nothing of the host can be written to, none of its units is known.
set -eu
world=/mnt
mount -t tmpfs -o mode=755 tmpfs "$world"
mkdir "$world/upper" "$world/work" "$world/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$world/upper,workdir=$world/work" "$world/root"
root="$world/root"

mkdir -p "$root/opt/vigil"
mount --bind "$1" "$root/opt/vigil"
mount -o remount,ro,bind "$root/opt/vigil"

mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
for number in 0 1 2 3 4 5 6 7; do mknod "$root/dev/loop$number" b 7 "$number"; done
mknod "$root/dev/loop-control" c 10 237
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mknod -m 666 "$root/dev/ptmx" c 5 2
ln -s /proc/self/fd "$root/dev/fd"
# Where systemd logs without a journal and a console: handed on to whoever started this.
mkfifo "$root/dev/kmsg"
cat 0<> "$root/dev/kmsg" &
for folder in run var/lib var/backups etc/systemd/system usr/lib/systemd/system usr/lib/systemd/user; do
  mkdir -p "$root/$folder"
  mount -t tmpfs -o mode=755 tmpfs "$root/$folder"
done
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"

# The targets that units lean on, with nothing behind them.
for target in vigil-test sysinit basic shutdown umount multi-user timers network-online time-sync; do
  printf '[Unit]\nDefaultDependencies=no\n' > "$root/usr/lib/systemd/system/$target.target"
done
for target in basic default shutdown timers; do
  printf '[Unit]\nDefaultDependencies=no\n' > "$root/usr/lib/systemd/user/$target.target"
done
# There is no journal here.
mkdir -p "$root/run/vigil-test" "$root/run/systemd/system/vigil-.service.d"
printf '[Service]\nStandardOutput=append:/run/vigil-test/%%N.log\nStandardError=append:/run/vigil-test/%%N.log\n' \
  > "$root/run/systemd/system/vigil-.service.d/log.conf"

mkdir "$root/run/host"
cd "$root"
pivot_root . run/host
umount -l /run/host
# As on any machine that systemd started: what a helper of it mounts, its services see. The host is no part of it.
mount --make-rshared /
exec env -i container=vigil-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=vigil-test.target --log-target=kmsg --show-status=no
