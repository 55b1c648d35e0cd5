namespace Appliance.Simulation;

/// <summary>Which cable is where.</summary>
internal static class Network
{
    /// <summary>Puts the cables of the boxes in: lan, wan of A; lan, wan of B; sync.</summary>
    public static Cable[] Connect(World world)
    {
        var cables = new List<Cable>();
        foreach (SimulatedBox box in world.Boxes)
        {
            for (int port = PairConfiguration.Lan; port <= PairConfiguration.Wan; port++)
            {
                Cable cable = world.Switches[port].Connect($"{(port == PairConfiguration.Lan ? "lan" : "wan")} of {box.Name}", box, port);
                box.Connect(port, cable.FromNear);
                cables.Add(cable);
            }
        }

        (SimulatedBox a, SimulatedBox b) = (world.Boxes[0], world.Boxes[1]);
        var sync = new Cable(world, "sync", new CableEnd(a, PairConfiguration.Sync), new CableEnd(b, PairConfiguration.Sync));
        a.Connect(PairConfiguration.Sync, sync.FromNear);
        b.Connect(PairConfiguration.Sync, sync.FromFar);
        return [.. cables, sync];
    }
}
