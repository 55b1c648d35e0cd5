using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>
/// Two conversations that go on at one time never look the same from outside. What may be lost is left out: nobody
/// knows any more that it is there (<see cref="Judge.IsExcused"/>).
/// </summary>
internal sealed class TranslationsUnique(World world) : Checker(world, "translations unique")
{
    private readonly Dictionary<(IpProtocol, Ipv4Address, ushort), int> _owners = [];

    public override void OnServed(int conversation, IpProtocol protocol, Ipv4Address source, ushort port)
    {
        (IpProtocol, Ipv4Address, ushort) seen = (protocol, source, port);
        if (!_owners.TryGetValue(seen, out int owner))
        {
            _owners.Add(seen, conversation);
            return;
        }

        if (owner == conversation) return;
        _owners[seen] = conversation;
        Conversation? other = World.Users.Going.FirstOrDefault(going => going.Id == owner);
        if (other is null || World.Judge.IsExcused(other) || World.Users.Going.All(going => going.Id != conversation)) return;
        Complain($"conversations {owner} and {conversation} are both {source}:{port} ({protocol}) outside");
    }
}
