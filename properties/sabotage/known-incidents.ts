/** What went wrong in real systems, and where that was reported: each must be re-enacted by a sabotage at least. */
export const ROWS = {
  'crash between save and publish': 'EventFlow#439, serverlesstechnology/cqrs#26, eventhorizon#251',
  'publish throws after the save: the caller sees an error though the event is stored': 'Castore `pushEvent`',
  "one handler's throw starves later events or other handlers": 'EventFlow#833; Emmett 0.42',
  'publish order differs from commit order': 'NEventStore#360, thenativeweb/node-eventstore#129, #76',
  'dispatch starts before subscribers register': 'NEventStore#131',
  'two dispatchers double-dispatch; a stopped one still writes': 'NEventStore#331, KurrentDB#1400',
  'checkpoint ahead of handling': 'KurrentDB#1301, protean#1257, kafkajs#238, Eventuous#25',
  'concurrent handlers: 40 failed, checkpoint says 150': 'commanded#556',
  'checkpoint timer fires during catch-up and skips the backlog': 'commanded/eventstore PR#327',
  'event falls between catch-up and live': 'occurrent PR#208, KurrentDB#4089',
  'position assigned before it is visible': 'Emmett#336, Marten#4952, SQLStreamStore#121, protean#1088',
  'a permanent gap stalls the reader': 'Eventuous#588, Marten#2681, commanded/eventstore#238',
  'checkpoint names a position not yet used: the next event is lost': 'KurrentDB#4970, #4975',
  'off by one; 0 taken for null; resume past the end replays all':
    'KurrentDB-Client-Dotnet#80, Eventuous#291, YoEight/eventstore#62',
  'global, stream and category positions mixed up': 'Emmett#247, #251, Eventuous#163',
  'filtered events do not advance the checkpoint': 'Eventuous#142, #559',
  'checkpoint feedback: each checkpoint write is itself fed': 'jet/dotnet-templates#81',
  'ambiguous checkpoint append leaves a wrong cached version': 'KurrentDB#937, #1083',
  'foreign or corrupt record in the checkpoint stream': 'KurrentDB#2187, #3816; event-storage 0.8',
  'store restored or truncated below the checkpoint': 'protean#1361, #1530',
  'replace that is not atomic; acknowledged ahead of fsync': 'clickhouse-sink-connector#1297, debezium#7852',
  'poison event: crash loop, never parked': 'KurrentDB#2748',
  'rebuild does not reset the cursor: empty model': 'Marten#577, #3690',
  'same id accepted again when the expected version is right': 'KurrentDB#1898, #2274',
  'torn write or partial batch accepted at start': 'albe/node-event-storage#31',
  'checkpoint stream grows without end': 'jet/dotnet-templates#81',
  'no fsync before the acknowledgement': 'LazyFS, ATC 2020',
  'fsync of the file but not of its new directory entry': 'ALICE, fsync(2)',
  'checksum not checked': 'ALICE',
  'tail truncated one frame too far or too little': 'ALICE',
  'a retried fsync after EIO believed': 'PostgreSQL fsyncgate, ATC 2020',
  'rename without fsync': 'ALICE, steno',
  'index trusted over log': 'ALICE',
  'clean-shutdown marker written first, or not removed at start': 'ALICE',
  'an expectation of an append is ignored': 'mutants of this source that survived every suite',
  'a read returns other events than requested': 'mutants of this source that survived every suite',
  'a repeated id is mistaken for another, or a new one for a repeated':
    'mutants of this source that survived every suite',
  'an event falls between two pages': 'mutants of this source that survived every suite',
  'a checkpoint is written though a flush did not succeed':
    'mutants of this source that survived every suite',
  'a paused feeder hands out events, or a resumed one does not':
    'mutants of this source that survived every suite',
  'a feeder reports other figures than the log has': 'mutants of this source that survived every suite',
  'memory is read that is not what the disk holds': 'mutants of this source that survived every suite',
  'a store that is closed loses what was under way, or takes more':
    'mutants of this source that survived every suite',
  'a snapshot is of another revision or position than it says':
    'mutants of this source that survived every suite',
  'a checkpoint is late, or more is handed out again than was promised':
    'mutants of this source that survived every suite',
  'events of one key are handled at once, or in another order':
    'mutants of this source that survived every suite',
  'a shortage that passes stops something for good, or leaves something behind':
    'mutants of this source that survived every suite',
  'what failed half-way is taken for whole, or stands in the way of what comes next':
    'mutants of this source that survived every suite',
  'events that are nearly equal are taken for the same': 'mutants of this source that survived every suite',
  'two processes have one store, or a store that no process has is refused':
    'mutants of this source that survived every suite',
} as const;

export type Row = keyof typeof ROWS;
