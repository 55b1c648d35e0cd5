using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>
/// Nobody shouts: by its timer a group says two adverts a second and family, what demotion, takeovers and corrections add is less than ten
/// times that.
/// </summary>
internal sealed class NoAdvertStorm(World world) : Checker(world, "no advert storm")
{
    private const int Most = 40;                                        // within a second, of one group and family

    private readonly Dictionary<(int, int), (MonotonicTime Since, int Count)> _said = [];

    public override void OnAdvert(SimulatedBox box, int vhid)
    {
        (int, int) key = (box.Index, vhid);
        (MonotonicTime since, int count) = _said.GetValueOrDefault(key);
        if (World.Now - since >= Duration.Second) (since, count) = (World.Now, 0);
        _said[key] = (since, ++count);
        int most = World.Profile.HasIpv6 ? 2 * Most : Most;
        if (count == most) Complain($"{box.Name} said {most} adverts of VHID {vhid} within a second");
    }
}
