# Runs one program once and outlives whoever started it. POSIX sh, nothing but built-ins, so that
# no further process comes between a start and the program.
#
#   sh shim.sh CONTROL_FOLDER PROGRAM [ARGUMENT...]
#
# Standard input is the open, locked file CONTROL_FOLDER/lock: the lock is held for as long as this
# shell lives and no longer, because the program gets another standard input. Standard output and
# error are the log. The working folder is the program's.
#
# What is written, in this order (each mark is one line, written at once; a mark without its newline
# counts as absent, so a full disk or a crash in the middle of it is seen as such):
#   started  this shell. Made exclusively before anything else: who finds it there starts nothing.
#   pid      the program, before its first instruction. While it is not there, no program runs.
#   exit     how it ended, after the program is gone. Only the holder of the lock writes it.
# None of them is synced: kill -9 loses no write that was made, and after a power loss the boot id
# in `lock`, which was made durable before this shell was started, says that the program is gone.
{
    control=$1
    shift
    # An abort signals the whole group. This shell must stay, to tell the end; the program's own
    # shell below has the default actions again.
    trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2

    mark() { echo "$1 ${22} $boot"; }

    read -r boot </proc/sys/kernel/random/boot_id || exit 1
    set -fC
    read -r stat </proc/self/stat
    mark $stat >"$control/started" || exit 1
    set +C

    word=ended
    case $1 in
        */*) if [ ! -e "$1" ]; then word=missing; elif [ -d "$1" ] || [ ! -x "$1" ]; then word=forbidden; fi ;;
        *) command -v "$1" >/dev/null || word=missing ;;
    esac
    if [ -e "$control/abort" ]; then
        word=aborted code=-
    elif [ "$word" != ended ]; then
        if [ "$word" = missing ]; then code=127; else code=126; fi
        echo "tarry: $1: not found, or not to be executed"
    else
        (
            read -r stat </proc/self/stat
            mark $stat >"$control/pid" || { : >"$control/pid"; exit 125; }
            exec "$@" </dev/null
        )
        code=$?
        [ -s "$control/pid" ] || exit 1
        if [ -e "$control/abort" ]; then word=aborted; fi
    fi
    echo "$code $word" >"$control/exit"
    exit
}
