namespace Appliance.Management;

/// <summary>What the operator of a running appliance is told; for any thread.</summary>
public interface IManagementLog
{
    /// <summary>Something that happens once, or because somebody wants it.</summary>
    void Say(string line);

    /// <summary>Something that may happen again and again.</summary>
    /// <param name="subject">Whose lines are counted together.</param>
    /// <param name="line">What happened.</param>
    void SayOften(string subject, string line);
}
