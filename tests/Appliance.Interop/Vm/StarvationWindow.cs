namespace Appliance.Interop.Vm;

/// <summary>
/// Of a sum that grows: how much it grew lately. Who looks late, and so over a longer time, gets the part of it that is the window's.
/// </summary>
/// <param name="milliseconds">The window.</param>
internal sealed class StarvationWindow(int milliseconds)
{
    private readonly Queue<(long At, long Sum)> _looks = [];

    /// <summary>Answers how much the sum is more than it was a window ago, or at the first look.</summary>
    /// <param name="at">Milliseconds on any clock.</param>
    /// <param name="sum">By now.</param>
    public long Add(long at, long sum)
    {
        _looks.Enqueue((at, sum));
        while (_looks.Count > 2 && at - _looks.ElementAt(1).At >= milliseconds) _looks.Dequeue();
        (long firstAt, long firstSum) = _looks.Peek();
        long elapsed = Math.Max(1, at - firstAt);
        return elapsed <= milliseconds ? sum - firstSum : (sum - firstSum) * milliseconds / elapsed;
    }
}
