namespace Appliance.Engine;

/// <summary>Where the items of a timer wheel keep their links. A struct, so that the wheel's code is made for it.</summary>
public interface ITimerLinks
{
    /// <summary>The same place each time, and nobody else's.</summary>
    ref TimerLink this[int item] { get; }
}
