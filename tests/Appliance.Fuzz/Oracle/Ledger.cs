using Appliance.Engine;

namespace Appliance.Fuzz.Oracle;

/// <summary>
/// The accounts of one appliance over a burst, set against what the twin expected of its frames: each drop reason by itself, consumed,
/// received, transmitted, and the balance; and every slot back in its pool.
/// </summary>
internal sealed class Ledger
{
    private readonly Worker[] _workers;
    private readonly bool _isScarce;
    private readonly long[] _dropsBefore = new long[DropReasonNames.Count];
    private readonly long[] _drops = new long[DropReasonNames.Count];
    private readonly int[] _expected = new int[DropReasonNames.Count];
    private readonly int[] _possible = new int[DropReasonNames.Count];  // of answers that may stay unsaid
    private (long Received, long Transmitted, long Consumed, long Generated) _before;
    private int _offered, _consumed;

    public Ledger(IEnumerable<Worker> workers, bool isScarce)
    {
        _workers = [.. workers];
        _isScarce = isScarce;
    }

    /// <summary>Sums since the start, by <see cref="DropReason"/>.</summary>
    public ReadOnlySpan<long> Drops => _drops;

    public void Open()
    {
        _before = Sum(_dropsBefore);
        Array.Clear(_expected);
        Array.Clear(_possible);
        (_offered, _consumed) = (0, 0);
    }

    public void Expect(in Fate fate)
    {
        _offered++;
        if (fate.Outcome == Outcome.Drop) _expected[(int)fate.Reason]++;
        else if (fate.Outcome == Outcome.Consume) _consumed++;
        if (fate.ReplyRefused == DropReason.None) return;
        bool mayStayUnsaid = _isScarce || fate.Reply == ReplyKind.Error;
        (mayStayUnsaid ? _possible : _expected)[(int)fate.ReplyRefused]++;
    }

    /// <summary>Null, or what does not add up.</summary>
    /// <param name="transmitted">Frames that were seen leaving.</param>
    public string? Close(long transmitted)
    {
        (long Received, long Transmitted, long Consumed, long Generated) sum = Sum(_drops);
        long received = sum.Received - _before.Received, consumed = sum.Consumed - _before.Consumed;
        long sent = sum.Transmitted - _before.Transmitted, generated = sum.Generated - _before.Generated;
        long dropped = 0;
        for (int reason = 0; reason < _drops.Length; reason++)
        {
            long drops = _drops[reason] - _dropsBefore[reason];
            dropped += drops;
            bool isFree = _isScarce && (DropReason)reason is DropReason.PoolEmpty or DropReason.QueueFull;
            int least = _expected[reason], most = least + _possible[reason];
            if (!isFree && (drops < least || drops > most))
                return $"{drops} dropped as {DropReasonNames.Of((DropReason)reason)}, expected {least} to {most}";
        }

        if (received != _offered) return $"{received} received, expected {_offered}";
        if (consumed != _consumed) return $"{consumed} consumed, expected {_consumed}";
        if (sent != transmitted) return $"{sent} transmitted by the accounts, {transmitted} seen";
        if (received + generated != sent + dropped + consumed)
            return $"{received} received + {generated} generated ≠ {sent} transmitted + {dropped} dropped + {consumed} consumed";
        return WhoIsMissing();
    }

    private string? WhoIsMissing()
    {
        foreach (Worker worker in _workers)
        {
            if (worker.Pool.InFlight != 0) return $"{worker.Pool.InFlight} frames of worker {worker.Id}'s pool are not back";
        }

        return null;
    }

    private (long Received, long Transmitted, long Consumed, long Generated) Sum(long[] drops)
    {
        Array.Clear(drops);
        (long Received, long Transmitted, long Consumed, long Generated) sum = default;
        foreach (Worker worker in _workers)
        {
            WorkerCounters counters = worker.Counters;
            sum.Received += counters.Received;
            sum.Transmitted += counters.Transmitted;
            sum.Consumed += counters.Consumed;
            sum.Generated += counters.Generated;
            ReadOnlySpan<long> from = counters.Drops;
            for (int reason = 0; reason < drops.Length; reason++)
                drops[reason] += from[reason];
        }

        return sum;
    }
}
