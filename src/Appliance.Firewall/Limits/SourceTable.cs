using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>The places of source nodes in sets, each entered by one worker at a time. A larger one takes its place set by set.</summary>
internal sealed class SourceTable
{
    private const int SetLength = 16, PlacesPerNode = 4;

    private readonly KeyedRandom _random;
    private readonly SetClaims _claims;
    private readonly SourceNode[] _nodes;

    /// <param name="capacity">Nodes that surely find room when they spread evenly.</param>
    /// <param name="random">The secret: nobody can aim at one set.</param>
    public SourceTable(int capacity, KeyedRandom random)
    {
        (Capacity, _random) = (capacity, random);
        int sets = 1;
        while (sets * SetLength < (long)PlacesPerNode * capacity) sets *= 2;
        _claims = new SetClaims(sets);
        _nodes = new SourceNode[sets * SetLength];
    }

    public int Capacity { get; }

    public int Sets => _nodes.Length / SetLength;

    /// <summary>Where the nodes of a closed set are now.</summary>
    public SourceTable? Next { get; private set; }

    /// <summary>The set of a key, entered; to be left. False: not to be had.</summary>
    public bool TryEnter(in SourceKey key, out SourceTable table, out int set)
    {
        table = this;
        while (true)
        {
            set = table.SetOf(key);
            if (table._claims.TryEnter(set)) return true;
            if (!table._claims.IsClosed(set)) return false;
            table = table.Next!;
        }
    }

    /// <summary>By number. False: not to be had, or its nodes are elsewhere.</summary>
    public bool TryEnter(int set) => _claims.TryEnter(set);

    public void Leave(int set) => _claims.Leave(set);

    public Span<SourceNode> NodesOf(int set) => _nodes.AsSpan(set * SetLength, SetLength);

    /// <summary>
    /// Brings all nodes to a larger table while workers use both; whoever comes to a set that has gone goes on there. Answers those that
    /// found no room there, which the spread makes unlikely.
    /// </summary>
    public List<SourceNode> MoveTo(SourceTable next)
    {
        var lost = new List<SourceNode>();
        Next = next;
        for (int set = 0; set < Sets; set++)
        {
            Enter(set);
            foreach (ref SourceNode node in NodesOf(set))
                if (node.IsUsed && !next.TryAdopt(node)) lost.Add(node);
            _claims.Close(set);
        }

        return lost;
    }

    /// <summary>For as long as it takes: it is not the data path that waits.</summary>
    private void Enter(int set)
    {
        var wait = default(SpinWait);
        while (!_claims.TryEnter(set)) wait.SpinOnce(sleep1Threshold: -1);
    }

    private bool TryAdopt(in SourceNode node)
    {
        int set = SetOf(new SourceKey(node.Address, node.IsV6, node.Account));
        Enter(set);
        bool hasRoom = false;
        foreach (ref SourceNode place in NodesOf(set))
        {
            if (place.IsUsed) continue;
            place = node;
            hasRoom = true;
            break;
        }

        _claims.Leave(set);
        return hasRoom;
    }

    private int SetOf(in SourceKey key)
    {
        uint rest = ((uint)key.Account << 1) | (key.IsV6 ? 1u : 0);
        ulong drawn = _random.Draw(RandomPurpose.SourceNode, (ulong)(key.Address >> 64), (ulong)key.Address, rest);
        return (int)(drawn >> 32) & (Sets - 1);
    }
}
