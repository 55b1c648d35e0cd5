namespace Appliance.Firewall;

/// <summary>
/// Claims of the small sets of a table that all workers share, each held for a few instructions. Who has a claim never waits for anything,
/// so that only a worker whose thread does not run can make another wait: then this one lets it run. The wait is bounded by seconds.
/// </summary>
/// <param name="sets">How many.</param>
internal sealed class SetClaims(int sets)
{
    private const int Free = 0, Taken = 1, Closed = 2;
    private const int MaxWaits = 1 << 20;

    private readonly int[] _claims = new int[sets];

    /// <summary>False: it was not to be had for seconds, or is closed for good.</summary>
    public bool TryEnter(int set)
    {
        var wait = default(SpinWait);
        int seen;
        while ((seen = Interlocked.CompareExchange(ref _claims[set], Taken, Free)) != Free)
        {
            if (seen == Closed || wait.Count == MaxWaits) return false;
            wait.SpinOnce(sleep1Threshold: -1);
        }

        return true;
    }

    public void Leave(int set) => Volatile.Write(ref _claims[set], Free);

    /// <summary>Instead of leaving it: nobody enters it any more.</summary>
    public void Close(int set) => Volatile.Write(ref _claims[set], Closed);

    public bool IsClosed(int set) => Volatile.Read(ref _claims[set]) == Closed;
}
