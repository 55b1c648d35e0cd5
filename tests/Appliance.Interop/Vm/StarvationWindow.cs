namespace Appliance.Interop.Vm;

/// <summary>Of a sum that grows: how much it grew over the latest looks.</summary>
/// <param name="looks">So many.</param>
internal sealed class StarvationWindow(int looks)
{
    private readonly Queue<long> _sums = [];

    /// <summary>Answers how much it is more than it was as many looks ago, or at the first.</summary>
    public long Add(long sum)
    {
        _sums.Enqueue(sum);
        long first = _sums.Peek();
        if (_sums.Count > looks) _sums.Dequeue();
        return sum - first;
    }
}
