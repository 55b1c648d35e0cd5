namespace Appliance.Simulation;

/// <summary>
/// Who talks through the pair: always some conversations of each kind. One that ended is followed by another, one that got nowhere for
/// long is given up.
/// </summary>
internal sealed class Users
{
    private const int Clients = 2, Kinds = 5, MostTurns = 40;
    private const long Patience = 4 * Duration.Second;

    private readonly World _world;
    private readonly WorldRandom _chance;
    private readonly ClientHost[] _clients;
    private readonly ServerHost _server;
    private readonly List<Conversation> _going = [];
    private int _begun;
    private bool _rests;

    public Users(World world)
    {
        _world = world;
        _chance = new WorldRandom(world.Seed, stream: 2);
        _clients =
        [
            .. Enumerable.Range(1, Clients).Select(host => new ClientHost(
                world, world.Switches[PairConfiguration.Lan], $"client {host}", HostAddress.In(1, host))),
        ];
        _server = new ServerHost(world, world.Switches[PairConfiguration.Wan], "server", HostAddress.In(2, 1));
    }

    public IReadOnlyList<Conversation> Going => _going;

    public IEnumerable<Cable> Cables => [.. _clients.Select(client => client.Cable), _server.Cable];

    /// <summary>Conversations that came to their end, and that were given up with good reason.</summary>
    public int Done { get; private set; }
    public int Excused { get; private set; }

    /// <summary>Questions that were asked once more.</summary>
    public int Repeats { get; private set; }

    public void Begin()
    {
        for (int kind = 0; kind < Kinds; kind++)
        {
            int begins = kind;
            _world.After(Duration.Second + _chance.Between(0, 2 * Duration.Second), () => Start(begins));
        }
    }

    /// <summary>Nobody says anything new from here on; what was asked is asked until it is answered.</summary>
    public void Rest() => _rests = true;

    /// <summary>What is said next, after a pause.</summary>
    public void Later(Action say) => _world.After(Pause(), () =>
    {
        if (!_rests) say();
    });

    /// <summary>Nanoseconds between an answer and the next question.</summary>
    private long Pause() => _chance.Between(100 * Duration.Millisecond, 900 * Duration.Millisecond);

    /// <summary>No answer to a question for a while.</summary>
    public void OnStalled(Conversation conversation)
    {
        Repeats++;
        bool isHopeless = _world.Judge.IsExcused(conversation)
            ? _world.Now - conversation.ProgressedAt > Patience
            : _world.Judge.PeaceSince(conversation.ProgressedAt) > Patience;
        if (isHopeless) conversation.GiveUp();
    }

    public void OnEnd(Conversation conversation)
    {
        _going.Remove(conversation);
        if (conversation.State == ConversationState.Done) Done++;
        else if (_world.Judge.IsExcused(conversation)) Excused++;
        else _world.Judge.OnLost(conversation);
        Later(() => Start(conversation.Id));
    }

    private void Start(int kind)
    {
        int id = (_begun++ * Kinds) + (kind % Kinds);
        ClientHost client = _clients[_chance.Below(Clients)];
        Conversation conversation = (kind % Kinds) switch
        {
            0 => new PingConversation(_world, client, _server.Address, id),
            1 or 2 => new DatagramConversation(_world, client, _server.Address, id),
            _ => new StreamConversation(_world, client, _server.Address, id),
        };
        _going.Add(conversation);
        conversation.Begin(_chance.Below(MostTurns) + 5);
    }
}
