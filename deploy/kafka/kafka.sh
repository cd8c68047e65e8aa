#!/usr/bin/env bash
# One Apache Kafka node (KRaft, broker and controller in one process) for development and tests.
# It listens on the loopback only, keeps no replicas, and is not meant for production.
#
#   kafka.sh fetch                  copy Kafka and its dependencies into the cache, once (Maven)
#   kafka.sh start [PORT] [FOLDER]  start on 127.0.0.1:PORT (the controller takes PORT + 1) and wait until ready
#   kafka.sh stop [FOLDER]          stop it, and wait until it has gone
#   kafka.sh status [FOLDER]        say whether it runs; exit code 1 when it does not
#
# PORT is 9092 and FOLDER ./out/kafka unless said. The cache is ${XDG_CACHE_HOME:-~/.cache}/cadline/kafka-VERSION.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/pom.xml")
cache="${XDG_CACHE_HOME:-$HOME/.cache}/cadline/kafka-$version"
java_version_min=17
ready_seconds_max=60
record_bytes_max=16777216 # a declaration of thousands of lines with its assessment is one record

fail() {
    printf 'kafka.sh: %s\n' "$1" >&2
    exit 1
}

need_java() {
    command -v java >/dev/null ||
        fail "no java on the PATH. Apache Kafka $version needs a Java runtime $java_version_min or newer (Debian: apt-get install default-jre-headless)"
    local found
    found=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${found:-0}" -ge "$java_version_min" ] ||
        fail "java is version ${found:-unknown}; Apache Kafka $version needs $java_version_min or newer"
}

fetch() {
    [ -d "$cache" ] && return
    need_java
    command -v mvn >/dev/null || fail "no mvn on the PATH. Maven fetches Apache Kafka (Debian: apt-get install maven)"
    local partial="$cache.$$"
    mkdir -p "$(dirname "$cache")"
    # Standard input stays closed: Maven must never wait for an answer.
    mvn --batch-mode --quiet --file "$here/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime "-DoutputDirectory=$partial" </dev/null ||
        { rm -rf "$partial"; fail "Maven could not fetch Apache Kafka $version; its own words stand above"; }
    mv -T "$partial" "$cache" 2>/dev/null || rm -rf "$partial" # somebody else was first
    printf 'Apache Kafka %s is in %s\n' "$version" "$cache"
}

pid_of() {
    local pid
    pid=$(cat "$1/kafka.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null && printf '%s' "$pid"
}

write_settings() {
    local port=$1 folder=$2
    cat >"$folder/server.properties" <<SETTINGS
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:$((port + 1))
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$folder/log
num.partitions=4
message.max.bytes=$record_bytes_max
replica.fetch.max.bytes=$record_bytes_max
offsets.topic.num.partitions=4
message.max.bytes=$record_bytes_max
replica.fetch.max.bytes=$record_bytes_max
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
message.max.bytes=$record_bytes_max
replica.fetch.max.bytes=$record_bytes_max
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
SETTINGS
}

format_storage() {
    local folder=$1
    [ -f "$folder/log/meta.properties" ] && return
    # The cluster's identity: any 16 bytes in base64; one node needs no secret.
    java -Xmx256m -cp "$cache/*" kafka.tools.StorageTool format --standalone \
        --cluster-id Y2FkbGluZS1vbmUtbm9kZQ --config "$folder/server.properties" \
        >"$folder/format.out" 2>&1 || fail "the storage could not be formatted: see $folder/format.out"
}

is_open() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

wait_until_ready() {
    local port=$1 folder=$2
    for _ in $(seq $((ready_seconds_max * 5))); do
        pid_of "$folder" >/dev/null || fail "Kafka stopped while starting: see $folder/kafka.out"
        is_open "$port" && return
        sleep 0.2
    done
    fail "Kafka was not ready after $ready_seconds_max seconds: see $folder/kafka.out"
}

start() {
    local port=$1 folder=$2
    need_java
    fetch
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    if pid_of "$folder" >/dev/null; then
        printf 'already running: %s\n' "$folder"
        return
    fi
    ! is_open "$port" || fail "port $port is taken by another program"
    write_settings "$port" "$folder"
    format_storage "$folder"
    nohup java -Xms256m -Xmx512m -cp "$cache/*" kafka.Kafka "$folder/server.properties" \
        </dev/null >"$folder/kafka.out" 2>&1 &
    echo $! >"$folder/kafka.pid"
    wait_until_ready "$port" "$folder"
    printf 'Apache Kafka %s listens on 127.0.0.1:%s\n' "$version" "$port"
}

stop() {
    local folder=$1 pid
    pid=$(pid_of "$folder") || { printf 'not running: %s\n' "$folder"; return; }
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -f "$folder/kafka.pid"
    printf 'stopped\n'
}

status() {
    local folder=$1 pid
    pid=$(pid_of "$folder") || fail "not running: $folder"
    printf 'running as process %s: %s\n' "$pid" "$folder"
}

case "${1:-}" in
fetch) fetch ;;
start) start "${2:-9092}" "${3:-out/kafka}" ;;
stop) stop "${2:-out/kafka}" ;;
status) status "${2:-out/kafka}" ;;
*)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
    exit 2
    ;;
esac
