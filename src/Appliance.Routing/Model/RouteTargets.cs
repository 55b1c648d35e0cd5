using Appliance.Routing.Fib;

namespace Appliance.Routing;

/// <summary>
/// The targets of a forwarding table by the numbers that its prefixes carry. A number is given back when no prefix carries it any more, and
/// to another target only after every worker has told that it holds none from before: who has looked a number up finds the target that it
/// meant then.
/// <code>
///   free ──Take──► used ──GiveBack, last use──► resting ──Settle──► free
/// </code>
/// One thread writes.
/// </summary>
internal sealed class RouteTargets(NeighbourTable neighbours)
{
    /// <summary>As many as an entry of either prefix table can tell apart.</summary>
    public const int Maximum = Ipv4PrefixTable.MaximumValue + 1;

    private const int FirstCapacity = 16;

    private readonly Dictionary<RouteTarget, int> _numbers = [];
    private readonly Queue<(int Number, uint Change)> _resting = [];
    private readonly Stack<int> _free = [];
    private int[] _uses = new int[FirstCapacity];
    private RouteTarget[] _targets = new RouteTarget[FirstCapacity];    // read by workers, as is the next
    private RouteWays[] _ways = new RouteWays[FirstCapacity];
    private int _everUsed;

    /// <summary>Targets in use.</summary>
    public int Count => _numbers.Count;

    public RouteTarget this[int number] => Volatile.Read(ref _targets)[number];

    public ref readonly RouteWays WaysOf(int number) => ref Volatile.Read(ref _ways)[number];

    /// <summary>The target's number, with one more use; false: there are too many targets.</summary>
    public bool TryTake(RouteTarget target, out int number)
    {
        if (!_numbers.TryGetValue(target, out number))
        {
            if (!_free.TryPop(out number))
            {
                if (_everUsed == Maximum) return false;
                number = _everUsed++;
                MakeRoomFor(number);
            }

            (_targets[number], _ways[number]) = (target, new RouteWays(target, neighbours));
            _numbers.Add(target, number);
        }

        _uses[number]++;
        return true;
    }

    /// <summary>One use less.</summary>
    /// <param name="change">During which change of the table.</param>
    public void GiveBack(int number, uint change)
    {
        if (--_uses[number] > 0) return;
        _numbers.Remove(_targets[number]);
        _resting.Enqueue((number, change));
    }

    /// <summary>No worker holds a number that was given back by then.</summary>
    public void Settle(uint change)
    {
        while (_resting.TryPeek(out (int Number, uint Change) oldest) && (int)(change - oldest.Change) >= 0)
            _free.Push(_resting.Dequeue().Number);
    }

    /// <summary>Where readers are stays what it was; the larger copy is published when it is whole.</summary>
    private void MakeRoomFor(int number)
    {
        if (number < _uses.Length) return;
        int capacity = Math.Min(_uses.Length * 2, Maximum);
        Array.Resize(ref _uses, capacity);
        RouteTarget[] targets = _targets;
        RouteWays[] ways = _ways;
        Array.Resize(ref targets, capacity);
        Array.Resize(ref ways, capacity);
        Volatile.Write(ref _targets, targets);
        Volatile.Write(ref _ways, ways);
    }
}
