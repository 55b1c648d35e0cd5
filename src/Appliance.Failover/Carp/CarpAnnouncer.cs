using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>
/// When to tell neighbours where a master's addresses are. One announcement gets lost, or comes while a switch still learns: so there are
/// several rounds. A round of many addresses is spread out, as FreeBSD waits a millisecond after each.
/// </summary>
internal struct CarpAnnouncer
{
    /// <summary>Addresses at a time, and the pause after them.</summary>
    public const int Burst = 16;
    public const long PauseNanoseconds = 10_000_000;

    private const long NearNanoseconds = 1_000_000_000;

    /// <summary>
    /// Rounds, by their time after the takeover. FreeBSD has the first, OpenBSD and ucarp another after two intervals. The second is for
    /// switches that have learned the former master's last advert behind the first.
    /// </summary>
    private static readonly long[] RoundsNanoseconds = [0, 30_000_000, 250_000_000, 1_000_000_000, 2_000_000_000, 5_000_000_000];

    private MonotonicTime _start;
    private int _round;
    private int _address;

    private CarpAnnouncer(MonotonicTime start, int round)
    {
        (_start, _round) = (start, round);
        Next = start + RoundsNanoseconds[round];
    }

    /// <summary>The announcer of a group that has nothing to announce.</summary>
    public static readonly CarpAnnouncer Idle = new() { Next = MonotonicTime.Never, _round = RoundsNanoseconds.Length };

    public MonotonicTime Next { get; private set; }

    /// <summary>All rounds, from now on.</summary>
    public static CarpAnnouncer Start(MonotonicTime now) => new(now, round: 0);

    /// <summary>One more round at some time; one that is to come not much later is enough, and the last comes earlier.</summary>
    public CarpAnnouncer Again(MonotonicTime at) =>
        Next == MonotonicTime.Never || Next - at > NearNanoseconds ? new(at + -RoundsNanoseconds[^1], RoundsNanoseconds.Length - 1) : this;

    /// <summary>The addresses to announce now, as a range of indices; empty when it is not time.</summary>
    public (int First, int Count) Take(int addresses, MonotonicTime now)
    {
        if (now < Next || addresses == 0)
        {
            if (addresses == 0) Next = MonotonicTime.Never;
            return default;
        }

        _address = Math.Min(_address, addresses);                     // there may be fewer than before
        (int first, int count) = (_address, Math.Min(Burst, addresses - _address));
        _address += count;
        if (_address < addresses) Next = now + PauseNanoseconds;
        else NextRound();
        return (first, count);
    }

    private void NextRound()
    {
        _address = 0;
        _round++;
        Next = _round < RoundsNanoseconds.Length ? _start + RoundsNanoseconds[_round] : MonotonicTime.Never;
    }
}
