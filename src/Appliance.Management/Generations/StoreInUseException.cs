namespace Appliance.Management;

/// <summary>Another process has the generations, or this one has them already.</summary>
public sealed class StoreInUseException(string folder)
    : IOException($"{folder}: another process has the generations of this configuration already; expected one appliance for each")
{
}
