namespace Appliance.Management;

/// <summary>A request that cannot be done as it was made; the message is for people.</summary>
internal sealed class RequestRefusedException(int status, string message) : Exception(message)
{
    /// <summary>HTTP's.</summary>
    public int Status => status;
}
