namespace Appliance.Management;

/// <summary>The appliance is on its way out and answers nobody any more.</summary>
public sealed class ControlEndedException() : Exception("the appliance ends")
{
}
