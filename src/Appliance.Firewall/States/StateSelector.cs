namespace Appliance.Firewall;

/// <summary>Says which states are meant. Asked by workers, at once and of many states: it must not allocate or change.</summary>
public abstract class StateSelector
{
    public abstract bool Selects(in FlowRecord state);
}
