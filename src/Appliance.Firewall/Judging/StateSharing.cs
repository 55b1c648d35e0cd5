using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// What the workers of one appliance share of their states: how many there are and of which sources, the endpoints of translated ones, the
/// ways that rules gave them, and rings of letters.
/// </summary>
public sealed class StateSharing
{
    /// <summary>
    /// Letters that may wait between two workers: as many as frames. Each reads all of its letters once a breath; while it does not,
    /// flows that need an alias there are refused, and ended ones stay.
    /// </summary>
    public const int LetterCapacity = HandOffMesh.ForwardCapacity;

    private readonly MessageRing<AliasLetter>?[] _letters;
    private ReservedPorts _reserved = ReservedPorts.None;
    private byte _half;

    /// <param name="workers">How many.</param>
    /// <param name="limits">How many states there may be.</param>
    /// <param name="claims">The ports of translated flows.</param>
    /// <param name="ways">That rules give to flows.</param>
    public StateSharing(int workers, StateLimits limits, PortClaims claims, FlowWays ways)
    {
        (Workers, Limits, Claims, Ways) = (workers, limits, claims, ways);
        Sources = new SourceNodes(limits, claims.Random);
        Mappings = new EndpointMappings(claims);
        _letters = new MessageRing<AliasLetter>?[workers * workers];
        for (int i = 0; i < _letters.Length; i++)
        {
            if (i / workers != i % workers) _letters[i] = new MessageRing<AliasLetter>(LetterCapacity);
        }
    }

    public int Workers { get; }

    /// <summary>Where the workers' tables get theirs.</summary>
    public ITableMemory Memory { get; init; } = ProcessMemory.Instance;

    public StateLimits Limits { get; }

    public PortClaims Claims { get; }

    /// <summary>The sources that rules track.</summary>
    public SourceNodes Sources { get; }

    /// <summary>The outer endpoints of flows that keep theirs towards whomever they go.</summary>
    public EndpointMappings Mappings { get; }

    /// <summary>That rules have given to flows.</summary>
    public FlowWays Ways { get; }

    /// <summary>Which addresses and ways sources stick to.</summary>
    public StickyLedger Sticky { get; } = new();

    /// <summary>Nobody's new source ports; set by one thread, from the next flow on.</summary>
    public ReservedPorts Reserved
    {
        get => Volatile.Read(ref _reserved);
        set => Volatile.Write(ref _reserved, value);
    }

    /// <summary>
    /// To which half of their ports sources are translated: of a pair whose appliances do not hear each other each keeps to its own. Set by
    /// one thread, from the next flow on.
    /// </summary>
    public PortHalf PortHalf
    {
        get => (PortHalf)Volatile.Read(ref _half);
        set => Volatile.Write(ref _half, (byte)value);
    }

    /// <summary>Letters on their way; 0 at rest.</summary>
    public int LettersWaiting => _letters.Sum(ring => ring?.Count ?? 0);

    /// <summary>Null: from a worker to itself.</summary>
    internal MessageRing<AliasLetter>? Letters(int from, int to) => _letters[(from * Workers) + to];
}
