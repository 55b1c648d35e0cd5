namespace Appliance.Simulation;

/// <summary>
/// Nobody has something to do at once, again and again: at one instant only so much happens (<see cref="World.MaxAtOnce"/>).
/// </summary>
internal sealed class TimeGoesOn(World world) : Checker(world, "time goes on")
{
    /// <param name="box">Whose turn it is again; null: nobody's.</param>
    public void OnStandstill(SimulatedBox? box) =>
        Complain($"more than {World.MaxAtOnce} things happen at one instant; {(box is null ? "frames and hosts" : box.Name)} would go on");
}
