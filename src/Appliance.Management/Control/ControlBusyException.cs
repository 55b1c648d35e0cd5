namespace Appliance.Management;

/// <summary>The appliance has more to do than it takes on at once; whoever asked may ask again.</summary>
internal sealed class ControlBusyException() : Exception("it has too much to answer at once; ask again")
{
}
