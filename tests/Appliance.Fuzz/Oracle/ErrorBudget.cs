namespace Appliance.Fuzz.Oracle;

/// <summary>
/// How many errors a bucket may have sent: 50 at once, 100 a second. A bucket of tokens, filled by the clock; the appliance keeps a due
/// time instead.
/// </summary>
internal sealed class ErrorBudget(int buckets)
{
    private const long Burst = 50;
    private const long TokenNanoseconds = 10_000_000;

    private readonly long[] _saved = new long[buckets];                 // nanoseconds' worth of tokens
    private readonly long[] _seen = new long[buckets];                  // nanoseconds

    public void Refill() => Array.Fill(_saved, Burst * TokenNanoseconds);

    /// <summary>False: one more than allowed.</summary>
    public bool TrySpend(int bucket, long now)
    {
        long saved = Math.Min(_saved[bucket] + (now - _seen[bucket]), Burst * TokenNanoseconds);
        _seen[bucket] = now;
        _saved[bucket] = saved - TokenNanoseconds;
        return saved >= TokenNanoseconds;
    }
}
