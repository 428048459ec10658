/**
 * An Alertmanager configuration to start from: who is told how fast, and what is not said twice. The receivers are to be
 * filled in; what goes nowhere by mistake is caught by `vigil alerts test`.
 */
export function renderAlertmanager(): string {
  return `# Fill in the receivers, then: amtool check-config alertmanager.example.yml
route:
  # One message for one trouble of one group of validators on one instance, however many series tell of it.
  group_by: [alertname, job, instance, group]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  receiver: team
  routes:
    # The dead-man's switch: it always fires, and its receiver tells you when it stops. It must be outside of this machine.
    - matchers: [alertname="VigilWatchdog"]
      receiver: dead-mans-switch
      group_by: [alertname]
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 1m
    - matchers: [severity="critical"]
      receiver: pager
      group_wait: 10s
      repeat_interval: 1h
    - matchers: [severity="info"]
      receiver: quiet
      repeat_interval: 24h

# Every rule wants the same job and instance on both sides: one monitor that is down must not silence another one.
# Slashings, foreign signatures, exits and changed credentials are never inhibited.
inhibit_rules:
  # What a monitor last said before it went down is old.
  - source_matchers: [alertname="VigilMonitorDown"]
    target_matchers: [alertname=~"VigilMonitor.+|VigilBeacon.+|VigilAllBeaconNodesDown|VigilFinalityStalled"]
    equal: [job, instance]
  # A monitor without a node knows nothing of votes.
  - source_matchers: [alertname="VigilAllBeaconNodesDown"]
    target_matchers: [alertname=~"VigilBeacon.+|VigilMonitor(Unhealthy|TaskStuck|Errors)|VigilFinalityStalled"]
    equal: [job, instance]
  # One trouble of one node, told once.
  - source_matchers: [alertname="VigilBeaconNodeBehind"]
    target_matchers: [alertname="VigilBeaconNodeDown"]
    equal: [job, instance, node]
  # A group that is offline has no votes that could be late, and all its members are missing.
  - source_matchers: [alertname=~"VigilValidatorsOffline|VigilValidatorsLeaking"]
    target_matchers: [alertname=~"VigilValidatorMissing|VigilWorseThanNetwork|VigilEffectivenessLow|VigilVotesWrong"]
    equal: [job, instance, group]
  # While the network is in trouble nobody's votes are on time. Offline validators are still told: they leak.
  - source_matchers: [alertname=~"VigilFinalityStalled|VigilNetworkMissingVotes"]
    target_matchers: [alertname=~"VigilWorseThanNetwork|VigilEffectivenessLow|VigilVotesWrong|VigilProposalOrphaned"]
    equal: [job, instance]
  - source_matchers: [alertname="VigilProposalMissed"]
    target_matchers: [alertname="VigilProposalMissedHead"]
    equal: [job, instance, group]
  # A signer that does not answer, or may not sign, is idle.
  - source_matchers: [alertname=~"VigilSignerDown|VigilGuardUnavailable|VigilClockUntrusted|VigilAllKeysFrozen"]
    target_matchers: [alertname=~"VigilSignerIdle|VigilSignerKeysDropped|VigilKeysFrozen|VigilSigningSlow|VigilCommitSlow"]
    equal: [job, instance]
  - source_matchers: [alertname="VigilCertificateAboutToExpire"]
    target_matchers: [alertname="VigilCertificateExpiring"]
    equal: [job, instance, certificate]

receivers:
  # Wakes somebody.
  - name: pager
    webhook_configs:
      - url: http://127.0.0.1:9099/pager
        send_resolved: true
  # Is read in the morning.
  - name: team
    webhook_configs:
      - url: http://127.0.0.1:9099/team
        send_resolved: true
  - name: quiet
    webhook_configs:
      - url: http://127.0.0.1:9099/quiet
        send_resolved: false
  # The ping address of a dead-man's switch service, or of a watcher on another machine.
  - name: dead-mans-switch
    webhook_configs:
      - url: http://127.0.0.1:9099/dead-mans-switch
        send_resolved: false
`;
}
