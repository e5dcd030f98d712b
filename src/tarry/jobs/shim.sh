# Runs one program once and outlives whoever started it. POSIX sh, and nothing but built-ins, so
# that no further process comes between a start and the program.
#
#   sh shim.sh CONTROL_FOLDER PROGRAM [ARGUMENT...]
#
# Standard input  the open, locked file CONTROL_FOLDER/lock. The lock is held for as long as this
#                 shell lives and no longer, because the program gets another standard input.
# Standard error  to be read: a pipe on which comes one line as soon as the program may start, that
#                 is, when this folder and the boot id in `lock` are durable. All that takes time is
#                 done before it. Its end without a line means that the starter died: nothing is
#                 started, and the start may be tried again.
# Standard output the log, for both outputs of the program.
# $TARRY_PROGRESS_FD  if it is set, the program gets the file `reports` beside CONTROL_FOLDER on
#                 descriptor 3, to append to. It is there already.
# Working folder  the program's. Its umask is inherited, too: the folder keeps others out.
#
# What is written, in this order (each mark is one line, written at once; a mark without its newline
# counts as absent, so a full disk or a crash in the middle of it is seen as such):
#   started  the number of this shell. Made exclusively: who finds it there starts nothing.
#   pid      number and start time of the program, before its first instruction. While it is not
#            there, no program runs.
#   exit     how it ended, after the program is gone. Only the holder of the lock writes it. It is
#            there from the start, and empty but for newlines.
# None of them is synced: kill -9 loses nothing that was written, and after a power loss the boot id
# in `lock` tells that the program is gone.
{
    control=$1
    shift
    # An abort signals the whole family. This shell must stay, to tell the end; the program's own
    # shell below has the default actions again.
    trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
    set -f

    mark() { echo "$1 ${22}"; }
    (
        read -r stat </proc/self/stat || exit 1
        read -r go <&2 || exit 1
        exec 2>&1
        set -C
        echo $$ >"$control/started" || exit 1
        set +C
        [ ! -e "$control/abort" ] || exit 1
        # A mark that could not be written whole is emptied: nothing may run without it.
        mark $stat >"$control/pid" || { : >"$control/pid" && exit 1; }
        [ -z "$TARRY_PROGRESS_FD" ] || exec 3>>"${control%/*}/reports"
        exec "$@" </dev/null
    )
    code=$?
    exec 2>&1

    read -r starter <"$control/started" && [ "$starter" = $$ ] || exit 1
    word=ended
    if [ -e "$control/abort" ]; then
        word=aborted
        [ -s "$control/pid" ] || code=-
    elif [ ! -s "$control/pid" ]; then
        exit 1
    elif [ "$code" = 127 ] && ! command -v "$1" >/dev/null; then
        word=missing
    elif [ "$code" = 126 ] && [ ! -x "$1" ]; then
        word=forbidden
    fi
    # In place, over what keeps its room: a program may well end because it has filled the disk.
    echo "$code $word" 1<>"$control/exit"
    exit
}
