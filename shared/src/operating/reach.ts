/** How participants are found and asked, and who asks. */
export interface Reach {
  /** Undefined when nothing names any: then only services named by `admin` can be asked. */
  readonly brokers: readonly string[] | undefined
  readonly topicPrefix: string
  /** Sent to admin listeners only; never shown. */
  readonly token: string | undefined
  /** Also to addresses that declarations name. */
  readonly tokenToDeclared: boolean
  /** Addresses of admin listeners by service, instead of those in the declarations. */
  readonly admin: ReadonlyMap<string, string>
  readonly operator: string
  /** What the settings are called where whoever reads an error can change them. */
  readonly settingNames: SettingNames
}

export interface SettingNames {
  readonly admin: string
  readonly tokenToDeclared: string
}
